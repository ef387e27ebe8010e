{{ checked_stream('feedback') }}
