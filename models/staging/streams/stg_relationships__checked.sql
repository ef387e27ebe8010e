{{ checked_stream('relationships') }}
