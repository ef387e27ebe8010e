{{ base_columns('workbook', 'partners_involved', [
    'source_row', 'account', 'partner', 'stage', 'activity', 'how_well', 'from_date',
    'to_date'
]) }}
