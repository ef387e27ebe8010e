{{ base_table('segment', 'identifies') }}
