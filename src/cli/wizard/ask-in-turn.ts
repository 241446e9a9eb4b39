import { type Prompts, WentBack } from '../prompts.js';
import type { Answers, Question } from './question.js';

interface Turn {
  readonly ask: (question: Question, answers: Answers, prompts: Prompts) => Promise<Answers>;
  readonly applies: (question: Question, answers: Answers) => boolean;
  readonly prompts: Prompts;
}

/**
 * Questions one after the other, each told which one it is. Going back asks the one before again, and what was answered is
 * its default then; back from the first one ends it undone.
 */
export const askInTurn = async (
  questions: readonly Question[],
  first: Answers,
  { ask, applies, prompts }: Turn,
): Promise<{ readonly isDone: boolean; readonly answers: Answers }> => {
  const asked: Question[] = [];
  let answers = first;
  for (;;) {
    const now = questions.filter((question) => applies(question, answers));
    const question = now.find((each) => !asked.includes(each));
    if (question === undefined) return { isDone: true, answers };
    const place = now.length > 1 ? `${now.indexOf(question) + 1} of ${now.length}: ` : '';
    try {
      answers = await ask(question, answers, placed(prompts, place, question.name));
      asked.push(question);
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      if (asked.pop() === undefined) return { isDone: false, answers };
    }
  }
};

const placed = (prompts: Prompts, place: string, name: string): Prompts => {
  const told = ({ message }: { readonly message: string }) => ({ message: place + message, kept: `${name}:` });
  return {
    select: (question) => prompts.select({ ...question, ...told(question) }),
    input: (question) => prompts.input({ ...question, ...told(question) }),
    confirm: (question) => prompts.confirm({ ...question, ...told(question) }),
  };
};
