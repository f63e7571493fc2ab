/**
 * The hash that was opened. An event says it itself: until it is heard, the page may have written its own link to the address bar
 * again. One without an address stands for what is in the bar.
 */
export const hashOf = (event?: HashChangeEvent): string => (event === undefined || event.newURL === '' ? location.hash : new URL(event.newURL).hash);
