//! Distributions and summaries used by metrics, tuning and monitoring alike.
//!
//! Numbers in, numbers out, in a fixed order of sums and through `libm` only, so that the same input
//! gives the same bits natively and in WebAssembly.

mod normal;
mod interval;
mod paired;
mod summary;
mod sampling;
mod student;

pub use interval::wilson_interval;
pub use normal::{TruncatedNormal, log_normal_mass, normal_cdf, normal_log_cdf, normal_ppf};
pub use paired::{MAX_EXACT_RANKS, mcnemar_exact, wilcoxon_less, wilcoxon_signed_rank};
pub use sampling::draw_binomial;
pub use student::{student_cdf, student_ppf};
pub use summary::{log_sum_exp, mean, population_sd, quantile, sample_sd, standard_error};
