{{ base_columns('workbook', 'accounts', [
    'source_row', 'account', 'outcome', 'arr', 'start_date', 'end_date'
]) }}
