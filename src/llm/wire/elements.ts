/**
 * Cuts the elements out of an array in a JSON text that comes in pieces, wherever it stands, so that a document of any
 * size is read one element at a time.
 */
import { createJsonReader, type JsonReader } from './body.js';

export interface Elements {
  push(bytes: Uint8Array): void;
}

export interface ElementHandlers {
  /** An element that is an object, and its place in its array; undefined where it was no JSON or too much. */
  element(value: unknown, index: number): void;
  /** What stands before the first element, up to 4 KB of it; one character a byte. Told with the first element. */
  head?(text: string): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MAX_HEAD = 4 * 1024;
/** Keys longer than this are not what is looked for. */
const MAX_KEY = 64;

/** @param name the key of the array; where several have it, each is read, and counted from 0. */
export function createElements(name: string, handlers: ElementHandlers): Elements {
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** The string that ended last, and whether a colon followed it: then it is the key of what comes. */
  let key = '';
  let isKey = false;
  /** The depth of the array's elements, while in it. */
  let inside: number | undefined;
  let index = 0;
  let reader: JsonReader | undefined;
  let head: string | undefined = '';

  function open(byte: number): void {
    depth++;
    if (inside === undefined && byte === OPEN_ARRAY && isKey && key === name) {
      inside = depth;
      index = 0;
    } else if (inside !== undefined && depth === inside + 1 && byte === OPEN_OBJECT) {
      if (head !== undefined) handlers.head?.(head);
      head = undefined;
      reader = createJsonReader();
    }
    isKey = false;
  }

  /** Gives whether an element ended. */
  function close(): boolean {
    const isElement = inside !== undefined && depth === inside + 1;
    depth--;
    if (inside !== undefined && depth < inside) inside = undefined;
    return isElement && reader !== undefined;
  }

  function inText(byte: number): void {
    if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inString = false;
    if (inString && inside === undefined && key.length < MAX_KEY) key += String.fromCharCode(byte);
  }

  return {
    push(bytes) {
      if (head !== undefined && head.length < MAX_HEAD)
        head += Buffer.from(bytes.subarray(0, MAX_HEAD - head.length)).toString('latin1');
      /** Where what goes to the reader of the element begins. */
      let from = 0;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i] as number;
        if (inString) inText(byte);
        else if (byte === QUOTE) {
          inString = true;
          key = '';
          isKey = false;
        } else if (byte === COLON) isKey = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
          const isBefore = reader === undefined;
          open(byte);
          if (isBefore) from = i;
        } else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && close()) {
          (reader as JsonReader).push(bytes.subarray(from, i + 1));
          handlers.element((reader as JsonReader).value(), index++);
          reader = undefined;
        }
      }
      reader?.push(bytes.subarray(from));
    },
  };
}
