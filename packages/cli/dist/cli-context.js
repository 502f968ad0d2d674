export {};
//# sourceMappingURL=cli-context.js.map