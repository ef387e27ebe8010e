{{ checked_stream('opportunities') }}
