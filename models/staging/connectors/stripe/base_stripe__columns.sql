{{ base_columns_found('stripe') }}
