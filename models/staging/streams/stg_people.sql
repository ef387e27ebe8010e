{{ used_stream('people') }}
