#!/usr/bin/env node
/** The command line's entry. */
import { Command } from 'commander';

const program = new Command('weft').description('A wafer-scale dataflow simulator: real Q4_K numbers, carried by wavelets, cycle by cycle.').version('0.1.0');
program.parse();
