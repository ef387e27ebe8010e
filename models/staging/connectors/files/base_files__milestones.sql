{{ base_stream('files', 'milestones') }}
