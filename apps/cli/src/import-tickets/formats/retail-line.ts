import { parseDecimal, parseWhole, type Decimal } from './decimal';
import { fieldsOf } from './fields';

export const RETAIL_COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** One line of the file; a number that cannot be read is absent. */
export interface RetailLine {
  /** Empty when even this cannot be read. */
  readonly invoice: string;
  readonly sku: string;
  readonly quantity: number | undefined;
  readonly date: string;
  readonly price: Decimal | undefined;
  readonly customer: string;
  readonly country: string;
}

export function parseRetailLine(text: string): RetailLine {
  const fields = fieldsOf(text, ';');
  const at = (column: (typeof RETAIL_COLUMNS)[number]): string =>
    fields?.[RETAIL_COLUMNS.indexOf(column)]?.trim() ?? '';
  const isWhole = fields?.length === RETAIL_COLUMNS.length;
  return {
    invoice: fields === undefined ? beginningOf(text) : at('InvoiceNo'),
    sku: at('StockCode'),
    quantity: isWhole ? parseWhole(at('Quantity')) : undefined,
    date: at('InvoiceDate'),
    price: isWhole ? parseDecimal(at('UnitPrice'), ',') : undefined,
    customer: at('CustomerID'),
    country: at('Country'),
  };
}

/** A line with broken quotes still belongs to its ticket. */
function beginningOf(text: string): string {
  const end = text.indexOf(';');
  return end < 0 ? '' : text.slice(0, end).trim();
}
