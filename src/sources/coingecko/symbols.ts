import type { Instrument } from '../../core/instrument.ts';

/**
 * CoinGecko's ids. Its ticker symbols are not unique (dozens of coins call themselves BTC), so only coins of this table
 * are asked for.
 */
const IDS: Readonly<Record<string, string>> = {
  AAVE: 'aave',
  ADA: 'cardano',
  ALGO: 'algorand',
  APT: 'aptos',
  ARB: 'arbitrum',
  ATOM: 'cosmos',
  AVAX: 'avalanche-2',
  BCH: 'bitcoin-cash',
  BNB: 'binancecoin',
  BTC: 'bitcoin',
  DOGE: 'dogecoin',
  DOT: 'polkadot',
  ETC: 'ethereum-classic',
  ETH: 'ethereum',
  FIL: 'filecoin',
  HBAR: 'hedera-hashgraph',
  ICP: 'internet-computer',
  LINK: 'chainlink',
  LTC: 'litecoin',
  NEAR: 'near',
  OP: 'optimism',
  PEPE: 'pepe',
  SHIB: 'shiba-inu',
  SOL: 'solana',
  SUI: 'sui',
  TON: 'the-open-network',
  TRX: 'tron',
  UNI: 'uniswap',
  USDC: 'usd-coin',
  USDT: 'tether',
  XLM: 'stellar',
  XMR: 'monero',
  XRP: 'ripple',
};

/** Currencies in which CoinGecko states prices; stablecoins are coins to it, not currencies. */
const CURRENCIES = ['USD', 'EUR', 'GBP'];

export function accepts({ assetClass, base, quote }: Instrument): boolean {
  return assetClass === 'crypto' && Object.hasOwn(IDS, base) && CURRENCIES.includes(quote);
}

/** `bitcoin`; null for a coin outside the table. */
export function coinOf({ base }: Instrument): string | null {
  return Object.hasOwn(IDS, base) ? (IDS[base] ?? null) : null;
}
