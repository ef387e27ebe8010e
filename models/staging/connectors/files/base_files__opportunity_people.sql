{{ base_stream('files', 'opportunity_people') }}
