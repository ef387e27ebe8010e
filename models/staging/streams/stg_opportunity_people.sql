{{ used_stream('opportunity_people') }}
