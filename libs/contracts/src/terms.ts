/** The ledger's words are the wire's too: one definition, in `@fidelis/ledger`. */
export type {
  AccountTerms,
  Clawback,
  ExpiryPolicy,
  FinanceTerms,
  Grant,
  LotShare,
  RedeemRate,
  Source,
  WalletTerms,
} from '@fidelis/ledger';
