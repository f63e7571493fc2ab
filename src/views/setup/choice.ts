/** Chosen values by name, where what is not chosen is absent, and no choice at all is undefined. */
export function withChoice<Choices extends object, Id extends keyof Choices>(
  choices: Choices | undefined,
  id: Id,
  value: Choices[Id] | null,
): Choices | undefined {
  const { [id]: _, ...rest } = choices ?? ({} as Choices);
  const next = value === null ? rest : { ...rest, [id]: value };
  return Object.keys(next).length > 0 ? (next as Choices) : undefined;
}
