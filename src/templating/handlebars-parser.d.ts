/// <reference types="handlebars" />

/** The parser without Handlebars' compiler and runtime, which we have no use for. */
declare module 'handlebars/dist/cjs/handlebars/compiler/base.js' {
  export const parse: typeof Handlebars.parse;
}
