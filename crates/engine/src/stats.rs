//! Distributions and summaries used by metrics, tuning and monitoring alike.
//!
//! Numbers in, numbers out, in a fixed order of sums and through `libm` only, so that the same input
//! gives the same bits natively and in WebAssembly.

mod choose;
mod normal;
mod gamma;
mod interval;
mod summary;
mod sampling;
mod student;
mod paired;
mod kolmogorov;
mod ks;
mod contingency;
mod shares;
mod distances;
mod several;
mod means;
mod sequential;
mod bandit;

pub use bandit::{Arm, draw_beta, draw_gamma, regret, thompson_choice};
pub use choose::log_choose;
pub use contingency::{
    CountTest, chi_square_table, fisher_exact, fisher_mid_p, g_test_table, sample_ratio_test,
};
pub use distances::{jensen_shannon, population_stability, stability_by_luck, wasserstein};
pub use gamma::{chi_square_ppf, chi_square_sf, gamma_upper};
pub use interval::{newcombe_interval, wilson_interval};
pub use kolmogorov::kolmogorov_sf;
pub use ks::{KsTest, ks_of_cells, ks_two_sample};
pub use means::{MeanTest, corrected_t_test};
pub use normal::{TruncatedNormal, log_normal_mass, normal_cdf, normal_log_cdf, normal_ppf};
pub use paired::{MAX_EXACT_RANKS, mcnemar_exact, wilcoxon_less, wilcoxon_signed_rank};
pub use sampling::draw_binomial;
pub use sequential::{MAX_LABELS_AHEAD, evidence, labels_to_go, log_evidence};
pub use several::holm;
pub use shares::{ShareTest, two_share_test};
pub use student::{student_cdf, student_ppf};
pub use summary::{log_sum_exp, mean, population_sd, quantile, sample_sd, standard_error};
