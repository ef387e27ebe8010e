{{ base_table('stripe', 'invoice_line_item') }}
