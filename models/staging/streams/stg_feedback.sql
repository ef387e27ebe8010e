{{ used_stream('feedback') }}
