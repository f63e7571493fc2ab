/** Where the models that were opened come from, so that another worker can open them, too. Kept as long as the page is. */
import type { ModelSource } from '../api/protocol.ts';

const sources = new Map<string, ModelSource>();

export const rememberSource = (source: Exclude<ModelSource, { kind: 'synthetic' }>): void => void sources.set(source.name, source);

export const sourceOf = (name: string): ModelSource | undefined => sources.get(name);
