/** The one file chooser of the page: a hidden input, so that a button, a key and a test open files the same way. */
export const FILE_INPUT_ID = 'gguf-file';

export function chooseFile(): void {
  document.getElementById(FILE_INPUT_ID)?.click();
}
