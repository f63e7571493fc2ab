/** Every worker of the page; its name says what it does. One script, so that the engine is fetched once. */
import { expose } from 'comlink';
import { createPointWorker } from '../src/api/point-worker.ts';
import { createSession } from '../src/api/session.ts';
import { transferring } from '../src/api/transfer.ts';
import { createWholeModels } from '../src/api/whole-session.ts';
import { createLessons } from '../src/lessons/session.ts';

const ROLES = { session: () => transferring(createSession()), models: createWholeModels, point: createPointWorker, lessons: () => createLessons() };

expose(ROLES[self.name as keyof typeof ROLES]());
