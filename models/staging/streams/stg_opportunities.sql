{{ used_stream('opportunities') }}
