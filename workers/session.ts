/** The simulation's worker: one session, exposed. */
import { expose } from 'comlink';
import { createSession } from '../src/api/session.ts';

expose(createSession());
