import type { ProblemFormat } from '../lab/format-problems.js';
import { paint } from './paint.js';

/** How the parts of a problem in a text look on a terminal. */
export const problemStyle = (color: boolean): NonNullable<ProblemFormat['color']> => {
  const { bold, red, yellow, dim, green, cyan } = paint(color);
  const styles = {
    place: bold,
    error: red,
    warning: yellow,
    message: bold,
    gutter: dim,
    suggestion: green,
    hint: cyan,
  };
  return (style, text) => styles[style](text);
};
