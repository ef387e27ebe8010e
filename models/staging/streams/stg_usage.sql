{{ used_stream('usage') }}
