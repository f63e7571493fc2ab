/** The worker for questions about whole models. */
import { expose } from 'comlink';
import { createWholeModels } from '../src/api/whole-session.ts';

expose(createWholeModels());
