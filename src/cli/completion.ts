import type { Completes, Verb, VerbOption } from './verb.js';

/** What a shell may offer that only the installation knows. */
export interface Offers {
  readonly labs: readonly string[];
  readonly scenarios: readonly string[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const commonFlags = '--lab-dir -C --yes -y --quiet -q --verbose -v --trust --no-color --help --version';

/** The completion script of a shell, from the same table as the command line itself. */
export const completionScript = (shell: Shell, verbs: readonly Verb[], offers: Offers): string =>
  ({ bash, zsh, fish })[shell](verbs, offers);

const namesOf = (verb: Verb): string[] => [verb.name, ...(verb.alias ? [verb.alias] : [])];

const flagsOf = (option: VerbOption): string[] => option.flags.match(/--?[a-z][a-z-]*/g) ?? [];

const takesValue = (option: VerbOption): boolean => option.flags.includes('<');

const valuesOf = (option: VerbOption, offers: Offers): readonly string[] =>
  option.choices ?? (option.completes === 'lab' ? offers.labs : []);

/** Words for an argument; machines are looked up in the lab at the moment of completing. */
const wordsFor = (completes: Completes | undefined, offers: Offers): string => {
  if (completes === 'machine') return '$(_quintet_machines)';
  if (completes === 'scenario') return offers.scenarios.join(' ');
  if (completes === 'lab') return offers.labs.join(' ');
  return typeof completes === 'object' ? completes.join(' ') : '';
};

/** The machines of the nearest lab, without starting Quintet: their folders. */
const machinesFunction = `_quintet_machines() {
  local folder=$PWD
  while [ -n "$folder" ] && [ ! -f "$folder/lab.yaml" ]; do folder=\${folder%/*}; done
  [ -d "$folder/machines" ] && command ls "$folder/machines"
}`;

/** What bash offers for a verb's arguments; where the second has words of its own, it depends on which one is written. */
const bashWords = (verb: Verb, offers: Offers): string => {
  const [first = '', second = ''] = (verb.arguments ?? []).map(({ completes }) => wordsFor(completes, offers));
  if (second === '') return `words="${first}"`;
  return `if ((place == 1)); then words="${first}"; else words="${second}"; fi;`;
};

const bash = (verbs: readonly Verb[], offers: Offers): string => {
  const cases = verbs.map((verb) => {
    const flags = (verb.options ?? []).flatMap(flagsOf).join(' ');
    return `    ${namesOf(verb).join('|')}) ${bashWords(verb, offers)} flags="${flags}" ;;`;
  });
  const values = verbs.flatMap((verb) =>
    (verb.options ?? [])
      .filter((option) => valuesOf(option, offers).length > 0)
      .map(
        (option) =>
          `    ${namesOf(verb)
            .flatMap((name) => flagsOf(option).map((flag) => `${name}:${flag}`))
            .join('|')}) COMPREPLY=($(compgen -W "${valuesOf(option, offers).join(' ')}" -- "$current")); return ;;`,
      ),
  );
  return `# Completion of quintet for bash: source <(quintet completion bash)
${machinesFunction}
_quintet() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} verb='' words='' flags='' place=0 i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    -C | --lab-dir) i=$((i + 1)) ;;
    -*) ;;
    *) verb=\${COMP_WORDS[i]}; break ;;
    esac
  done
  for ((; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then place=$((place + 1)); fi
  done
  case $previous in -C | --lab-dir) COMPREPLY=($(compgen -d -- "$current")); return ;; esac
  case $verb:$previous in
${values.join('\n')}
  esac
  case $verb in
    '') words="${verbs.flatMap(namesOf).join(' ')}" ;;
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then words="$flags ${commonFlags}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _quintet quintet
`;
};

const zshText = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, ' ');

/** A verb's options and arguments as zsh's _arguments has them. */
const zshSpecs = (verb: Verb, offers: Offers): string[] => [
  ...(verb.options ?? []).flatMap((option) =>
    flagsOf(option).map((flag) => {
      const values = valuesOf(option, offers).join(' ');
      const value = takesValue(option) ? `:value:${values === '' ? '' : `(${values})`}` : '';
      return `'${option.several ? '*' : ''}${flag}[${zshText(option.summary)}]${value}'`;
    }),
  ),
  ...(verb.arguments ?? []).map(({ name, completes }) => {
    const words = wordsFor(completes, offers);
    const action = completes === 'folder' ? '_files -/' : words === '' ? '' : `(${words})`;
    const mark = name.includes('...') ? '*' : '';
    return completes === 'machine'
      ? `"${mark}:machine:(${words})"`
      : `'${mark}:${name.replaceAll(/[[\].]/g, '')}:${action}'`;
  }),
];

const zsh = (verbs: readonly Verb[], offers: Offers): string => `#compdef quintet
# Completion of quintet for zsh: quintet completion zsh > a folder of $fpath/_quintet
${machinesFunction}
_quintet() {
  local -a verbs
  verbs=(
${verbs.flatMap((verb) => namesOf(verb).map((name) => `    '${name}:${zshText(verb.summary)}'`)).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  local verb=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $verb in
${verbs.map((verb) => `    ${namesOf(verb).join('|')}) _arguments ${zshSpecs(verb, offers).join(' ')} ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_quintet" ]; then _quintet "$@"; else compdef _quintet quintet; fi
`;

const fishText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const fishMachines = `function __quintet_machines
    set -l folder $PWD
    while test -n "$folder" -a ! -f "$folder/lab.yaml"
        set folder (string replace -r '/[^/]*$' '' -- $folder)
    end
    test -d "$folder/machines"; and command ls "$folder/machines"
end`;

const fish = (verbs: readonly Verb[], offers: Offers): string => {
  const lines = verbs.flatMap((verb) => {
    const within = `-n '__fish_seen_subcommand_from ${namesOf(verb).join(' ')}'`;
    const words = (verb.arguments ?? [])
      .map(({ completes }) => (completes === 'machine' ? '(__quintet_machines)' : wordsFor(completes, offers)))
      .filter(Boolean)
      .join(' ');
    return [
      ...namesOf(verb).map(
        (name) => `complete -c quintet -f -n __fish_use_subcommand -a ${name} -d ${fishText(verb.summary)}`,
      ),
      ...(words === '' ? [] : [`complete -c quintet -f ${within} -a ${fishText(words)}`]),
      ...(verb.options ?? []).map((option) => {
        const flags = flagsOf(option).map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        const values = valuesOf(option, offers).join(' ');
        const value = takesValue(option) ? ` -x${values === '' ? '' : ` -a ${fishText(values)}`}` : '';
        return `complete -c quintet ${within} ${flags.join(' ')}${value} -d ${fishText(option.summary)}`;
      }),
    ];
  });
  return `# Completion of quintet for fish: quintet completion fish | source\n${fishMachines}\n${lines.join('\n')}\n`;
};
