#!/usr/bin/env node
import { messageOf } from './cli/output';
import { buildProgram } from './cli/program';
import { ConfigError, EXIT_CONFIG } from './config';

buildProgram()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
  });
