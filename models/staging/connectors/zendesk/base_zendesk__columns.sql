{{ base_columns_found('zendesk') }}
