{{ base_stream('files', 'opportunity_partners') }}
