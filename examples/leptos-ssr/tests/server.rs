//! What the server renders, and that it survives many people at once on many threads.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    routing::get,
};
use filechute::{FileChute, Parameters, UploadFile, UploaderOptions, use_uploader};
use leptos::prelude::*;
use leptos_ssr::server::router;
use tower::ServiceExt;

async fn answer(app: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn fetch(app: Router, path: &str) -> String {
    let (status, page) = answer(app, Request::builder().uri(path).body(Body::empty()).unwrap()).await;
    assert_eq!(status, 200);
    page
}

/// Submits the form with these parts: headers and contents.
async fn submit(app: Router, parts: &[(&str, &str)]) -> (StatusCode, String) {
    let mut body = String::new();
    for (disposition, contents) in parts {
        body += &format!("--line\r\ncontent-disposition: form-data; {disposition}\r\n\r\n{contents}\r\n");
    }
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=line");
    answer(app, request.body((body + "--line--\r\n").into()).unwrap()).await
}

/// Handlers, signals and an uploader's reference, rendered late and so on whichever thread comes along: what is made
/// on one thread is dropped on another.
#[component]
fn Late() -> impl IntoView {
    let keys = RwSignal::new(Vec::<String>::new());
    let mine = use_uploader(Parameters::host("/"), UploaderOptions::default());
    let ready = Resource::new(|| (), |()| async { tokio::task::yield_now().await });
    view! {
        <Suspense fallback=|| "wait">
            {move || Suspend::new(async move {
                ready.await;
                view! {
                    <FileChute
                        name="late"
                        accept="image/*"
                        parameters=Parameters::host("/")
                        on_success=move |file: UploadFile| keys.update(|keys| keys.push(file.key()))
                    />
                    <FileChute uploader=mine.uploader />
                    {move || mine.totals.get().files}
                }
            })}
        </Suspense>
    }
}

fn app() -> Router {
    // Once for the process: the second test's attempt is refused.
    any_spawner::Executor::init_tokio().ok();
    router(LeptosOptions::builder().output_name("leptos_ssr").build())
        .route("/late", get(leptos_axum::render_app_to_stream(|| view! { <Late /> })))
}

#[tokio::test]
async fn the_server_renders_a_working_input() {
    let html = fetch(app(), "/").await;
    let input = html.split("<input").nth(1).expect("an input").split('>').next().unwrap();
    for part in [r#"type="file""#, r#"name="photos""#, "multiple", r#"aria-label="Choose files""#] {
        assert!(input.contains(part), "{part} in {input}");
    }
    assert!(!input.contains("disabled"), "{input}");
    assert!(html.contains("or drop them here"));
    // In a form that can be sent, which holds no keys yet.
    let form = html.split("<form").nth(1).expect("a form").split("</form>").next().unwrap();
    assert!(form.contains(r#"method="post""#) && form.contains("<input") && form.contains("<button>Send"), "{form}");
    assert!(!form.contains(r#"type="hidden""#), "{form}");
    // Until the browser takes over there is only the input.
    let panel = html.split(r#"part="panel""#).nth(1).expect("a panel").split('>').next().unwrap();
    assert!(!panel.contains("data-ready"), "{panel}");
    // The style sheet is not escaped as text would be.
    assert!(html.contains(".fc-name > :first-child"));

    let late = fetch(app(), "/late").await;
    assert!(late.contains(r#"accept="image/*""#) && late.contains(">Images<"), "{late}");
}

#[tokio::test]
async fn what_the_form_submits_is_shown() {
    let parts = [(r#"name="photos""#, "uuid/a<b>.png"), (r#"name="photos""#, "uuid/c.png")];
    let (status, page) = submit(app(), &parts).await;
    assert_eq!(status, 200);
    for item in ["<code>uuid/a&lt;b&gt;.png</code>", "<code>uuid/c.png</code>"] {
        assert!(page.contains(item), "{item} in {page}");
    }
    // Without scripts: the files; and where none was chosen, what a browser then sends.
    let (_, page) = submit(app(), &[(r#"name="photos"; filename="a.txt""#, "hello")]).await;
    assert!(page.contains("a.txt") && page.contains('5'), "{page}");
    let (_, page) = submit(app(), &[(r#"name="photos"; filename="""#, "")]).await;
    assert!(page.contains("Nothing"), "{page}");
    // A body that breaks off.
    let request = Request::post("/").header("content-type", "multipart/form-data; boundary=line");
    let (status, _) = answer(app(), request.body("--line".into()).unwrap()).await;
    assert_eq!(status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_do_not_panic() {
    let app = app();
    let visits: Vec<_> = (0..200)
        .map(|n| {
            let app = app.clone();
            tokio::spawn(async move { fetch(app, if n % 2 == 0 { "/" } else { "/late" }).await })
        })
        .collect();
    for visit in visits {
        // A panic in a handler, or in a drop on the wrong thread, comes out here or cuts the page short.
        let html = visit.await.expect("no panic");
        assert!(html.contains(r#"type="file""#));
    }
}

/// A stream goes on where there is a thread for it, so the end of what one thread made may come on another.
#[test]
fn what_one_thread_made_another_cleans_up() {
    let owner = Owner::new();
    let page = owner.with(|| {
        let done = move |_: UploadFile| unreachable!("no upload on a server");
        let on_event = move |_: filechute::Notice| unreachable!();
        let on_complete = move |_: filechute::Completion| unreachable!();
        let view =
            view! { <FileChute parameters=Parameters::host("/") on_success=done on_error=done on_complete on_event /> };
        view.into_view().to_html()
    });
    assert!(page.contains(r#"type="file""#));
    std::thread::spawn(move || owner.cleanup()).join().expect("no panic");
}
