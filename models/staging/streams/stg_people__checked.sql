{{ checked_stream('people') }}
