// What a browser makes of the page with a detail open; at the end, the document is the answer.

const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

/** Relative luminance, as WCAG defines it. */
function luminance(color) {
  const [r, g, b] = numbers(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function colorBehind(element) {
  const color = getComputedStyle(element).backgroundColor;
  return numbers(color)[3] === 0 ? colorBehind(element.parentElement) : color;
}

function contrast(element) {
  const both = [luminance(getComputedStyle(element).color), luminance(colorBehind(element))];
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}

const shown = () => [...document.querySelectorAll(".detail")].filter((detail) => detail.checkVisibility());

function measure() {
  const hasText = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  const texts = [...document.body.querySelectorAll("*")].filter((e) => e.checkVisibility() && hasText(e));
  const box = shown()[0].getBoundingClientRect();
  const links = [...document.querySelectorAll("td a")];
  return {
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    width: innerWidth,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    texts: texts.length,
    faint: texts.filter((e) => contrast(e) < 4.5).map((e) => `${e.tagName} ${e.textContent}`),
    small: links.filter((a) => a.getBoundingClientRect().height < 24).length,
    // Letters that stand one below the other are no name.
    squeezed: [...document.querySelectorAll(".scroll tbody th")].filter((e) => e.offsetWidth < 120).length,
    shown: shown().map(({ id }) => id),
    cut: [...document.querySelectorAll("tbody th, .words")].filter((e) => e.scrollWidth > e.clientWidth).length,
    inside: box.left > 0 && box.right < document.documentElement.clientWidth && box.top >= 0 && box.bottom <= innerHeight,
  };
}

addEventListener("load", () => {
  const before = measure();
  addEventListener("hashchange", () => {
    document.body.textContent = JSON.stringify({ ...before, after: shown().length });
  });
  document.querySelector('.detail:target a[href="#"]').click();
});
