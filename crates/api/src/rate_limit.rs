//! How often one client may use what is public and costs work. The limit runs on the clock that
//! stamps requests; an address without recent requests is forgotten.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use app::Effects;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::RateLimit;

/// After so many requests the addresses that are no longer limited are forgotten.
const FORGET_EVERY: u32 = 1024;

/// The clock that stamps requests.
#[derive(Clone)]
struct RequestClock(Arc<dyn Effects>);

impl Clock for RequestClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        let micros = u64::try_from(self.0.now().micros()).unwrap_or_default();
        Nanos::new(micros.saturating_mul(1000))
    }
}

type Limiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, RequestClock, NoOpMiddleware<Nanos>>;

/// Counts requests by client.
pub struct Meter {
    limiter: Limiter,
    clock: RequestClock,
    rate: RateLimit,
    seen: AtomicU32,
}

impl Meter {
    /// A meter that has seen nobody. A limit of 0 lets one request a minute through.
    pub fn new(rate: RateLimit, effects: Arc<dyn Effects>) -> Meter {
        let clock = RequestClock(effects);
        let quota = Quota::per_minute(NonZeroU32::new(rate.per_minute).unwrap_or(NonZeroU32::MIN));
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Meter { limiter, clock, rate, seen: AtomicU32::new(0) }
    }

    /// Lets a request through, or says after how long to come again.
    fn admit(&self, client: IpAddr) -> Result<(), Duration> {
        if self.seen.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(&client).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// The client: the address of the connection, or what the outermost proxy of the operator saw. Of
/// version 6 the network is taken, for one client has many addresses in it.
pub fn client(connection: IpAddr, headers: &HeaderMap, trusted_proxies: u8) -> IpAddr {
    let address = if trusted_proxies == 0 {
        connection
    } else {
        let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        let wanted = hops.len().checked_sub(usize::from(trusted_proxies));
        let told = wanted.and_then(|at| hops.get(at)).and_then(|hop| hop.parse().ok());
        // A header that the proxies did not write is not believed.
        told.unwrap_or(connection)
    };
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Refuses a client that asks too often.
pub async fn limit(State(meter): State<Arc<Meter>>, request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // Without a connection (a router driven in process) there is one client.
    let connection = connection.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    match meter.admit(client(connection, request.headers(), meter.rate.trusted_proxies)) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            let limit = Some(meter.rate.per_minute.to_string());
            let problem = Problem::of(ProblemType::TooManyRequests).facts(limit, None);
            Problem { retry_after: Some(u32::try_from(seconds).unwrap_or(u32::MAX)), ..problem }.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_what_the_operators_proxies_wrote_is_believed() {
        let connection: IpAddr = "10.0.0.1".parse().unwrap();
        for (lines, proxies, expected) in [
            (&[][..], 0, "10.0.0.1"),
            (&["1.2.3.4"], 0, "10.0.0.1"),
            (&["1.2.3.4"], 1, "1.2.3.4"),
            (&["9.9.9.9, 1.2.3.4"], 1, "1.2.3.4"),
            (&["9.9.9.9, 1.2.3.4", "10.0.0.9"], 2, "1.2.3.4"),
            (&["1.2.3.4"], 2, "10.0.0.1"),
            (&["nobody"], 1, "10.0.0.1"),
            (&["::ffff:1.2.3.4"], 1, "1.2.3.4"),
            (&["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::"),
        ] {
            assert_eq!(client(connection, &headers(lines), proxies), expected.parse::<IpAddr>().unwrap(), "{lines:?}");
        }
    }
}
