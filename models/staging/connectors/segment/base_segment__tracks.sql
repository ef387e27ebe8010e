{{ base_table('segment', 'tracks') }}
