//! The console: pages rendered on the server, made of what the API answers. It decides nothing and
//! knows no use case: each page asks the same routes as any other client.
