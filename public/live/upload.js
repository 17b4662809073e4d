// Sending one file to a conversation, with word of how far it is: what fetch() does not tell.

export const FILE_BYTES = 20 * 1_048_576;
export const MOST_FILES = 10;
export const MOST_BYTES = 50 * 1_048_576;

/** @typedef {{ id: string, name: string, type: string, size: number }} Attachment */

/**
 * @param {string} path of the conversation's files
 * @param {File} file
 * @param {(part: number) => void} onProgress from 0 to 1
 * @returns {{ done: Promise<{ status: number, body: any }>, cancel: () => void }} status 0 where there was no answer
 */
export function upload(path, file, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onloadend = () => resolve({ status: request.status, body: request.response ?? {} });
  });
  request.open("POST", `${path}?name=${encodeURIComponent(file.name)}`);
  request.responseType = "json";
  request.send(file);
  return { done, cancel: () => request.abort() };
}

/** The files that were dragged or pasted; text that also comes as a picture is text. @param {DataTransfer | null} data */
export const filesIn = (data) => (data?.getData("text/plain") ? [] : [...(data?.files ?? [])]);

/** Whether files are being dragged. @param {DragEvent} event */
export const dragsFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
