{{ base_columns_found('hubspot') }}
