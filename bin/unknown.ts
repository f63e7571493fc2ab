/** The error of an unknown subcommand, where the command above it takes arguments of its own: with the nearest name. */
import type { Command } from 'commander';

/** Throws the CommanderError that commander has for a command that only has subcommands. */
export function unknownSubcommand(make: (name: string) => Command, parent: Command, name: string): void {
  const bare = make(parent.name());
  for (const known of parent.commands) bare.command(known.name());
  bare.parse([name], { from: 'user' });
}
