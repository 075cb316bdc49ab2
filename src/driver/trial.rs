//! temp
#[cfg(test)]
mod tests {
    #[test]
    fn faqnas() {
        let dirs = crate::driver::data::DataDirs::default();
        let file = std::env::var("QFILE").unwrap_or("examples/faqnas.qnas".into());
        let c = crate::driver::compiler::compile(std::path::Path::new(&file), &dirs).unwrap();
        println!("{}", crate::diag::render::human(&c.checked.diagnostics, &c.sources, &Default::default()));
        for t in c.checked.searches.iter().map(|s| &s.template).chain(&c.checked.models) {
            let space = crate::hir::space::TemplateSpace::new(t); if std::env::var("QSTEPS").is_ok() { println!("{:#?}", t.steps); }
            let g = space.genotypes();
            println!("{} raw {} reachable {} exact {}", t.name, g.raw, space.reachable(), g.exact);
            for c in &g.choices { println!("  {} {:?} if {}", c.path, c.domain, c.condition); }
            use crate::hir::Space;
            use rand::SeedableRng;
            let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
            for _ in 0..3 {
            let a = space.sample(&mut rng).unwrap();
            println!("{}", serde_json::to_string(&a).unwrap());
            let graph = crate::ir::build::build(&space, &a).unwrap();
            println!("{:?}", crate::ir::validate(&graph));
            println!("{}", crate::ir::print(&graph));
            println!("{}", crate::draw::draw(&graph, &crate::draw::Options{width:110,ascii:false}));
            }
        }
    }
}
