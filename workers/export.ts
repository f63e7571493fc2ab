/** The worker that writes a file of a run. A script of its own: the others need nothing of the reports. */
import { expose } from 'comlink';
import { createExporter } from '../src/api/exporter.ts';

expose(createExporter());
