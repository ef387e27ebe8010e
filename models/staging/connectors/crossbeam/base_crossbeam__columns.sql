{{ base_columns_found('crossbeam') }}
