/**
 * What had the focus is gone: whoever works by keyboard goes on with the same agent.
 * @param {string} id
 */
export const keepFocus = (id) =>
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.getElementById(`agent-${id}`)?.focus();
  });
