// The storage of this window, or a stand-in for this page alone where a browser keeps it from pages within other sites' pages.

/** @returns {Pick<Storage, "getItem" | "setItem" | "removeItem">} */
function open() {
  try {
    return sessionStorage;
  } catch {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    };
  }
}

export const storage = open();
