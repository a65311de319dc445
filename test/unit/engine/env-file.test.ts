/** Files of variables: what their values come to was compared with the library that a Dagger engine reads them by. */
import { describe, expect, it } from 'vitest';
import {
  checkEnvFile,
  emptyEnvFile,
  envFileText,
  expandedVariable,
  expandedVariables,
  hasVariable,
  inNamespace,
  rawVariables,
  readEnvFile,
  withoutVariable,
  withVariable,
} from '../../../engine/objects/env-file.js';

const outside = (name: string) => ({ SYS: 'of the system', BLANK: '' })[name];
const valuesOf = (...lines: string[]) => Object.fromEntries(expandedVariables({ lines, context: [] }, outside));
const z = (...lines: string[]) => valuesOf(...lines).Z;

describe('values', () => {
  it.each([
    ['a word', ['Z=bar'], 'bar'],
    ['blanks stay', ['Z=a   b c'], 'a   b c'],
    ['a hash is no comment in bare text', ['Z=x # c'], 'x # c'],
    ['quotes go, and a comment behind them', ['Z="a  b" # c'], 'a  b'],
    ['single quotes keep everything', ['A=1', "Z='$A \\n'"], '$A \\n'],
    ['quotes inside', ['A=1', "Z=hello, '$A'"], 'hello, $A'],
    ['words behind one blank', ['Z="x"   y   z'], 'x y z'],
    ['a variable', ['A=1', 'Z=$A-${A}x'], '1-1x'],
    ['one that is set below', ['Z=$A', 'A=1'], '1'],
    ['over two steps', ['A=1', 'B="b$A"', 'Z="z$B"'], 'zb1'],
    ['of the system', ['Z=$SYS'], 'of the system'],
    ['blanks of a bare variable are one', ['A= a   b', 'Z=$A'], 'a b'],
    ['blanks of a quoted variable stay', ['A=a   b', 'Z="$A"'], 'a   b'],
    ['a default', ['Z=${NO:-a "b  c"}'], 'a b c'],
    ['a default that is a variable', ['A=1', 'Z=${NO:-${A}}'], '1'],
    ['an alternative', ['A=1', 'Z=${A:+yes}'], 'yes'],
    ['no alternative', ['Z=${NO:+yes}'], ''],
    ['its length', ['A=hello', 'Z=${#A}'], '5'],
    ['without a beginning', ['A=a.b.c', 'Z=${A#*.}'], 'b.c'],
    ['without the longest beginning', ['A=a.b.c', 'Z=${A##*.}'], 'c'],
    ['without an end', ['A=a.b.c', 'Z=${A%.*}'], 'a.b'],
    ['without the longest end', ['A=a.b.c', 'Z=${A%%.*}'], 'a'],
    ['replaced', ['A=hello', 'Z=${A/l/L}'], 'heLlo'],
    ['replaced everywhere', ['A=hello', 'Z=${A//l/L}'], 'heLLo'],
    ['a part', ['A=hello', 'Z=${A:1:3}'], 'ell'],
    ['in capitals', ['A=hello', 'Z=${A^^}'], 'HELLO'],
    ['escaped', ['Z=a\\ b\\$A'], 'a b$A'],
    ['escaped in quotes', ['Z="\\"\\$A\\q"'], '"$A\\q'],
    ['of C', ["Z=$'a\\tb\\x41'"], 'a\tbA'],
    ['a dollar of its own', ['Z=a$ 5$1'], 'a$ 5$1'],
    ['braces', ['Z=x{a,b}'], 'xa xb'],
    ['a row', ['Z={1..3}'], '1 2 3'],
    ['JSON without quotes around it', ['Z={"name": "John Wick", "age": 58}'], '{name: John Wick, age: 58}'],
    ['JSON in quotes', ['Z=\'{"a": ["b"]}\''], '{"a": ["b"]}'],
    ['export', ['export   Z="a b"'], 'a b'],
    ['nothing', ['Z='], ''],
    ['the later of two', ['Z=1', 'Z=2'], '2'],
    ['an address', ['P=p w', 'Z=postgres://u:$P@db:5432/d?a=1&b=2'], 'postgres://u:p w@db:5432/d?a=1'],
    ['the first of two statements', ['Z="a"; B=2'], 'a'],
    ['home of the file', ['HOME=/h', 'Z=~/x'], '/h/x'],
    ['home of nobody', ['Z=~/x'], '~/x'],
  ])('%s', (_, lines, expected) => expect(z(...lines)).toBe(expected));

  it.each([
    ['what is not set', ['Z=$NO'], /Z: NO: unbound variable/],
    ['what is empty', ['A=', 'Z=$A'], /A: unbound variable/],
    ['what is empty outside', ['Z=$BLANK'], /BLANK: unbound variable/],
    ['itself', ['Z=$Z-x'], /Z: unbound variable/],
    ['a circle', ['A=$B', 'B=$Z', 'Z=$A'], /unbound variable/],
    ['a quote that stays open', ["Z=it's"], /closing quote/],
    ['a quote that stays open in another line', ['Z=1', 'A="x'], /closing quote/],
    ['a brace that stays open', ['Z=${A'], /matching/],
    ['a command', ['Z=$(ls)'], /command substitution/],
    ['a command in quotes', ['Z="`ls`"'], /command substitution/],
    ['what says why it has to be set', ['Z=${NO:?set it}'], /NO: set it/],
    ['setting in passing', ['Z=${NO:=x}'], /cannot be set/],
    ['a pipe', ['Z="a" | b'], /not a bare assignment/],
    ['two variables', ['Z="a" B=2'], /multiple variables/],
    ['a name with a blank', ['Z B=1'], /not a bare assignment/],
    ['a row without end', ['Z={1..99999999}'], /means 99999999 words/],
  ])('%s fails', (_, lines, message) => expect(() => z(...lines)).toThrow(message));

  it('are looked for only where they are needed', () => {
    const file = readEnvFile('A=1\nZ=$NO\n');
    expect(expandedVariable(file, 'A', outside)).toBe('1');
    expect(() => expandedVariable(file, 'Z', outside)).toThrow('unbound');
    expect(expandedVariable(file, 'NO', outside)).toBeUndefined();
    expect(() => checkEnvFile(file, outside)).not.toThrow();
    expect(() => checkEnvFile(readEnvFile('Z="'), outside)).toThrow('closing quote');
  });

  it('do not take the memory', () => {
    expect(() => z(`Z=${'{a,b}'.repeat(40)}`)).toThrow('too many words');
  });
});

describe('a file', () => {
  const file = readEnvFile('B=2\n\n  export A="x y"\r\n# said here\nB=3\nC\n');

  it('is what was written, without blank lines, each name once', () => {
    expect(envFileText(file)).toBe('B=3\nA="x y"\n# said here=\nC=\n');
    expect(rawVariables(file)).toEqual([
      ['# said here', ''],
      ['A', '"x y"'],
      ['B', '3'],
      ['C', ''],
    ]);
  });

  it('takes variables and loses them', () => {
    const changed = withoutVariable(withVariable(withVariable(emptyEnvFile, 'A', '1'), 'B', '$A'), 'A');
    expect(envFileText(changed)).toBe('B=$A\n');
    expect(hasVariable(changed, 'B')).toBe(true);
    expect(hasVariable(changed, 'A')).toBe(false);
    expect(() => expandedVariable(changed, 'B', outside)).toThrow('unbound');
  });
});

describe('a namespace', () => {
  const names = (prefix: string, ...lines: string[]) =>
    Object.fromEntries(expandedVariables(inNamespace({ lines, context: [] }, prefix), outside));

  it.each([
    ['animal', ['animal_name=daisy', 'foo=bar'], { name: 'daisy' }],
    ['animal_', ['animal_name=daisy', 'foo=bar'], { name: 'daisy' }],
    ['animal', ['ANIMAL_name=daisy', 'Animal_kind=dog'], { name: 'daisy', kind: 'dog' }],
    ['my-app', ['my_app_a=1', 'myApp_b=2', 'MY_aPp_C=3', 'myapp=4'], { a: '1', b: '2', C: '3' }],
    ['myApp', ['MY_APP_A=1', 'MYAPP_B=2'], { A: '1', B: '2' }],
    ['HTTPServer', ['http_server_A=1'], { A: '1' }],
    ['app2', ['app_2_a=1', 'app2_b=2'], { a: '1', b: '2' }],
  ])('%s of %j', (prefix, lines, expected) => expect(names(prefix, ...lines)).toEqual(expected));

  it('may name what is not in it', () => {
    expect(names('my', 'ROOT=/r', 'BAD=$NO', 'MY_DIR=$ROOT/d')).toEqual({ DIR: '/r/d' });
  });
});
