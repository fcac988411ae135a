import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from '../locales/en';

export const locales = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' },
  { code: 'ja', name: '日本語' },
] as const;

export type Locale = (typeof locales)[number]['code'];

const stored = 'roundhouse.locale';

/** English is in the first load; the others come when they are asked for. */
const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('../locales/zh-CN'),
  ja: () => import('../locales/ja'),
};

export function isLocale(code: string): code is Locale {
  return locales.some((l) => l.code === code);
}

/** The language chosen here before, else the first of the browser's that there is, else English. */
function preferred(): Locale {
  const wanted = [localStorage.getItem(stored) ?? '', ...navigator.languages];
  for (const code of wanted) {
    if (isLocale(code)) return code;
    const near = locales.find((l) => l.code.split('-')[0] === code.split('-')[0]);
    if (near) return near.code;
  }
  return 'en';
}

/** Switches without a reload; `<html lang>` follows, since unified Han is drawn by it. */
export async function chooseLanguage(code: Locale): Promise<void> {
  await show(code);
  localStorage.setItem(stored, code);
}

async function show(code: Locale): Promise<void> {
  if (code !== 'en' && !i18next.hasResourceBundle(code, 'translation')) {
    i18next.addResourceBundle(code, 'translation', (await others[code]()).default);
  }
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  // A language file that does not come must not keep the console from opening.
  await show(preferred()).catch(() => undefined);
}
