// The time that is left to pay, as it is written.

export const SHORT_SECONDS = 120;
export const DAY_SECONDS = 86400;

export function clockText(seconds) {
  const hours = Math.floor(seconds / 3600);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
