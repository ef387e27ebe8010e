{{ base_columns_found('segment') }}
