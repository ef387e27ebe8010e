{{ used_stream('relationships') }}
